import { HTTPError, type Request } from '@pullo/core';
import { ContentTooLarge } from '@pullo/request';

const MiB = 1024 * 1024;
/** One attachment, in bytes. */
export const MAX_FILE = 50 * MiB;
/** Files of one upload. */
const MAX_FILES = 10;

/**
 * The files of an upload. Those over 1 MiB are on disk by then, in temporary files that go away with the request.
 *
 * The whole form has room for one file of the greatest size and for what lies around it; a larger one is refused as soon as
 * that is known, from its `Content-Length` at best.
 */
export async function readUpload(request: Request): Promise<File[]> {
  const form = await readForm(request);
  // A browser sends an empty file without a name for an input in which nothing was chosen.
  const files = form.getAll('file').filter((entry) => entry instanceof File);
  const chosen = files.filter((file) => file.name !== '');
  if (chosen.length === 0) throw new HTTPError(422, { detail: 'Choose a file to attach.' });
  return chosen;
}

async function readForm(request: Request): Promise<FormData> {
  try {
    return await request.formData({ maxFileBytes: MAX_FILE, maxBytes: MAX_FILE + MiB, maxFiles: MAX_FILES });
  } catch (error) {
    if (!(error instanceof ContentTooLarge)) throw error;
    const detail =
      error.limit === 'maxFiles'
        ? `At most ${MAX_FILES} files can be attached at once.`
        : `An attachment may have at most ${MAX_FILE / MiB} MiB.`;
    throw new HTTPError(413, { detail, cause: error });
  }
}
