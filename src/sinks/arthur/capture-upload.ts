import type { PassResult, PassThrough } from '../../core/pass-through';
import type { HttpClient } from '../http/http-client';
import { statusResult, type StatusWords } from '../http/status';
import { readCaptureAnswer } from './capture-answer';
import { captureForm } from './capture-form';
import { readByGuide } from './guide-decoder';

/** `mode: pass-through`: the call of Arthur's guide, which takes a whole capture file and decodes it there. */
export function captureUpload(
  client: HttpClient,
  model: URL,
  headers: Readonly<Record<string, string>>,
  words: StatusWords,
): PassThrough {
  const url = new URL(`${model.href}/inferences/integrations/sagemaker_data_capture`);
  return {
    read: readByGuide,
    send: async (upload, signal): Promise<PassResult> => {
      const { contentType, body } = captureForm(upload);
      const answer = await client.send({
        method: 'POST',
        url,
        headers: { ...headers, 'content-type': contentType },
        body,
        signal,
      });
      const result = statusResult(answer, words, '');
      if (result?.kind === 'too-large')
        return {
          kind: 'misconfigured',
          code: 'SINK_MISCONFIGURED',
          reason: `${result.reason}: it takes no file of this size in one request; set mode: rows`,
        };
      if (result !== null) return result;
      if (answer.kind === 'failure') return { kind: 'retryable', reason: answer.reason, waitMs: null };
      return readCaptureAnswer(answer.status, answer.text, upload.handed);
    },
  };
}
