import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { APITokens } from './accounts/api-tokens.js';
import { Sessions } from './accounts/sessions.js';
import { Throttle } from './accounts/throttle.js';
import { Users } from './accounts/users.js';
import { Attachments } from './attachments/attachments.js';
import { Database } from './database/database.js';
import { migrate } from './database/migrations.js';
import { Changes } from './notes/changes.js';
import { Notes } from './notes/notes.js';
import { Site } from './web/site.js';

/** What the lifespan opens: `ctx.state`. */
export interface State {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly apiTokens: APITokens;
  readonly throttle: Throttle;
  readonly notes: Notes;
  readonly attachments: Attachments;
  readonly changes: Changes;
  readonly site: Site;
}

/** Where the app keeps its data, and where browsers see it. */
export interface StateOptions {
  /** A directory; it is made if it is not there. */
  readonly data: string;
  /** Such as `https://notes.example.org`. Default: what requests say. */
  readonly origin?: string | undefined;
}

/** Opens the data directory: its files are for the user who runs the app alone. */
export function openState({ data, origin }: StateOptions): { state: State; close: () => void } {
  const site = new Site(origin);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const db = new Database(join(data, 'notes.db'));
  try {
    migrate(db);
    const state: State = {
      users: new Users(db),
      sessions: new Sessions(db),
      apiTokens: new APITokens(db),
      throttle: new Throttle(db),
      notes: new Notes(db),
      attachments: new Attachments(db, join(data, 'attachments')),
      changes: new Changes(),
      site,
    };
    return { state, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}
