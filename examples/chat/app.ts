import { HTMLResponse, HTTPError, type Middleware, Pullo } from '@pullo/core';
import { logger } from '@pullo/middleware/logger';
import { page } from './page.js';
import { Rooms } from './rooms.js';

const MAX_NAME = 40;
const MAX_TEXT = 2000;

const rooms = new Rooms();

/** Provides the name of who asks. What it throws refuses the session before it is accepted. */
const named: Middleware<{ name: string }> = ({ request }, next) => {
  const name = request.query.get('name')?.trim() ?? '';
  if (name !== '' && name.length <= MAX_NAME) return next({ name });
  throw new HTTPError(400, { detail: `Say who you are: ?name=, with at most ${MAX_NAME} characters.` });
};

const app = new Pullo()
  .use(logger())
  .get('/', new HTMLResponse(page))
  .websocket('/rooms/:room(slug)', named, async ({ accept, name, params }) => {
    const socket = await accept();
    await rooms.visit(params.room, socket, async (room) => {
      room.say({ text: `${name} is here.` });
      for await (const message of socket) {
        if (typeof message !== 'string') {
          await socket.close(1003, 'texts only');
          break;
        }
        room.say({ from: name, text: message.slice(0, MAX_TEXT) });
      }
      room.leave(socket);
      room.say({ text: `${name} has left.` });
    });
  });

export default app;
