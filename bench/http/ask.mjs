import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Fetch without what it adds to a conditional request: `cache-control: no-cache`, at which some send the file again. */
export function ask(port, path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
    asked.once('error', reject);
    asked.once('response', async (answer) => {
      const { statusCode: status, headersDistinct } = answer;
      const fields = Object.entries(headersDistinct).flatMap(([name, values]) =>
        values.map((value) => [name, value]),
      );
      const content = await buffer(answer).catch(reject);
      resolve(new globalThis.Response(content?.length ? content : null, { status, headers: fields }));
    });
    asked.end(body);
  });
}
