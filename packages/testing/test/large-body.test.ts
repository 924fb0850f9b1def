import { setTimeout as delay } from 'node:timers/promises';
import { TextResponse } from '@pullo/response';
import { describeTransports } from '@pullo/testing/vitest';
import { expect, test } from 'vitest';

const LARGE = 'x'.repeat(4 * 1024 * 1024);

describeTransports(new TextResponse(LARGE), (http) => {
  test('a body larger than what the client keeps unread can be read late', async () => {
    const response = await http.get('/');
    await delay(50);
    expect((await response.text()).length).toBe(LARGE.length);
    expect((await response.bytes()).length).toBe(LARGE.length);
  });
});
