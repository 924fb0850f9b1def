import { HeaderList } from '@pullo/asgi';
import { lightResponse, type WholeBody } from '@pullo/asgi/fetch';

interface Process {
  readonly versions?: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether responses are read by their members: on Node, whose `Response` is written in JavaScript and makes a stream of every body. The
 * servers of Bun, Deno and Workers look into their own for what it was made of.
 */
const takesLight = isNode();

/** A response that is all there. `flat` has its fields, which have been checked. */
export function webResponse(body: WholeBody, status: number, flat: string[]): globalThis.Response {
  if (takesLight)
    return lightResponse(
      body instanceof Uint8Array ? new Uint8Array(body) : body,
      status,
      HeaderList.raw(flat),
    );
  return new globalThis.Response(body, { status, headers: webFields(flat) });
}

/** A plain object costs half of what `Headers` does, but has no room for two fields of a name. */
export function webFields(flat: readonly string[]): Record<string, string> | globalThis.Headers {
  const fields: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    // Also for a name such as `constructor`, which every object has.
    if (name in fields) return webHeaders(flat);
    fields[name] = flat[i + 1] as string;
  }
  return fields;
}

function webHeaders(flat: readonly string[]): globalThis.Headers {
  const headers = new globalThis.Headers();
  for (let i = 0; i < flat.length; i += 2) headers.append(flat[i] as string, flat[i + 1] as string);
  return headers;
}

function isNode(): boolean {
  const process: Process | undefined = Reflect.get(globalThis, 'process');
  const versions = process?.versions;
  if (versions?.node === undefined || versions.bun !== undefined || versions.deno !== undefined) return false;
  // Workers have a process too, on demand.
  return !Function.prototype.toString.call(globalThis.Response).includes('[native code]');
}
