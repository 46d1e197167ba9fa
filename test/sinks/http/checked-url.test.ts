import { checkedUrl, isForbiddenHost } from '../../../src/sinks/http/checked-url';

const verdict = (text: string): string => {
  const checked = checkedUrl(text);
  return 'url' in checked ? 'ok' : checked.problem;
};

describe('configured addresses', () => {
  test.each([
    'https://app.arthur.ai/',
    'https://fiddler.internal:8443/base',
    'https://10.1.2.3',
    'http://127.0.0.1:8080',
    'http://localhost:1',
    'http://[::1]:9',
  ])('%s is taken', (url) => {
    expect(verdict(url)).toBe('ok');
  });

  test.each([
    ['http://app.arthur.ai', /https/],
    ['http://10.1.2.3', /https/],
    ['ftp://host', /https/],
    ['app.arthur.ai', /not an address/],
    ['https://user:pass@host', /credentials/],
    ['https://host/?token=x', /\?/],
    ['https://169.254.169.254/latest', /metadata/],
    ['https://169.254.170.2', /metadata/],
    ['https://2852039166/', /metadata/],
    ['https://0xa9fea9fe/', /metadata/],
    ['https://[fe80::1]', /metadata/],
    ['https://[fd00:ec2::254]', /metadata/],
    ['https://[::ffff:169.254.169.254]', /metadata/],
    ['https://metadata.google.internal', /metadata/],
    ['https://0.0.0.0', /metadata/],
  ])('%s is refused', (url, why) => {
    expect(verdict(url)).toMatch(why);
  });

  test('an address that DNS answers is judged alike', () => {
    expect(
      ['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', '8.8.8.8', '10.0.0.1'].map(isForbiddenHost),
    ).toEqual([true, true, true, false, false]);
  });
});
