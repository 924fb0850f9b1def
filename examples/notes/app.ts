import { Pullo } from '@pullo/core';
import { requireUser } from '@pullo/middleware/require-user';
import { temporaryFiles } from '@pullo/request/files';
import { staticFiles } from '@pullo/response/file';
import { authentication } from './accounts/authentication.js';
import { accounts } from './accounts/routes.js';
import { api } from './api/routes.js';
import { seedDemo } from './demo.js';
import { environment } from './environment.js';
import { events } from './notes/events.js';
import { notes } from './notes/routes.js';
import { openState, type State, type StateOptions } from './state.js';
import { ASSETS } from './web/assets.js';
import { askToSignIn, showError } from './web/errors.js';
import { sameOrigin } from './web/same-origin.js';
import { securityHeaders } from './web/security-headers.js';

/** The URLs of assets change with what is in them. */
const FOR_EVER = { visibility: 'public', maxAge: 31_536_000, immutable: true } as const;

/** Where the app keeps its data, where browsers see it, and whether it begins with something to look at. */
export interface NotesOptions extends StateOptions {
  /** The account `demo` with a few notes, if it is not there. */
  readonly demo?: boolean;
}

/** The whole app, top to bottom: what every request goes through, and where it ends. */
export function createApp(options: NotesOptions) {
  const app = new Pullo({
    async *lifespan(): AsyncGenerator<State, void, void> {
      const { state, close } = openState(options);
      try {
        if (options.demo) await seedDemo(state);
        yield state;
      } finally {
        close();
      }
    },
    // Forms are small and have no files, but for uploads, which say so themselves.
    request: {
      files: temporaryFiles({ directory: options.data }),
      form: { maxBytes: 1024 * 1024, maxFiles: 0 },
    },
  })
    .use(securityHeaders)
    .use(sameOrigin)
    .use(authentication)
    .onError(Error, showError)
    .onError(401, askToSignIn);

  app.mount('/assets', staticFiles(ASSETS, { cacheControl: FOR_EVER }));
  accounts(app);
  app.group('/notes', (group) => notes(group.use(requireUser())));
  events(app);
  app.group('/api', api);
  return app;
}

export default createApp(environment);
