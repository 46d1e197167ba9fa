import * as fc from 'fast-check';
import { childText, childrenOf, readXml } from '../../../src/local/s3/wire/xml-read';
import { element, textElement, xmlDocument } from '../../../src/local/s3/wire/xml-write';

describe('an XML document', () => {
  it('that was written is read back, whatever the text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const property = fc.property(fc.array(text), (texts) => {
      const root = readXml(xmlDocument('Root', ...texts.map((one) => element('One', textElement('Text', one)))));
      expect(root === null ? null : childrenOf(root, 'One').map((one) => childText(one, 'Text'))).toEqual(texts);
    });

    fc.assert(property, { seed: 20260303, numRuns: 500 });
  });

  it('keeps white space at the ends and control characters', () => {
    const text = ' a\r\n\t b\u0001 ';

    expect(readXml(xmlDocument('Root', textElement('Text', text)))?.children[0]?.text).toBe(text);
  });

  it('may have a prolog, comments, attributes, CDATA, references and prefixes', () => {
    const root = readXml(
      '\uFEFF<?xml version="1.0"?><!-- c --><s3:Root xmlns:s3="x"><A b="1">&#65;&#x42;&amp;<![CDATA[<raw>]]></A><B/><B /></s3:Root>\n',
    );

    expect(root?.name).toBe('Root');
    expect(root?.children.map(({ name, text }) => [name, text])).toEqual([
      ['A', 'AB&<raw>'],
      ['B', ''],
      ['B', ''],
    ]);
  });

  it.each([
    [''],
    ['text'],
    ['<A>'],
    ['</A>'],
    ['<A></B>'],
    ['<A/><B/>'],
    ['<A/>text'],
    ['<A>&unknown;</A>'],
    ['<A>a & b</A>'],
    ['<A'],
    ['<A>&#x110000;</A>'],
  ])('%j is not one', (text) => {
    expect(readXml(text)).toBeNull();
  });
});
