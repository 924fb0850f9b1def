import { createServer } from 'node:http';
import express from 'express';
import { routes } from '../routes.mjs';
import { layers, listen, MESSAGE, TEXT } from './shared.mjs';

const layer = async (_req, _res, next) => {
  layers.run += 1;
  next();
};

const apps = {
  plain(app) {
    app.get('/', (_req, res) => {
      res.type('text/plain').send(TEXT);
    });
    app.get('/json', (_req, res) => {
      res.json(MESSAGE);
    });
    app.get('/id/:id', (req, res) => {
      res.set('x-powered-by', 'benchmark').type('text/plain').send(`${req.params.id} ${req.query.name}`);
    });
    app.post('/json', express.json(), (req, res) => {
      res.json(req.body);
    });
  },
  layers(app) {
    app.use(async (_req, res, next) => {
      layers.run += 1;
      res.set('x-layers', '3');
      next();
    });
    app.use(layer);
    app.use(layer);
    app.get('/', (_req, res) => {
      res.type('text/plain').send(TEXT);
    });
  },
  routes(app) {
    for (const { method, pattern } of routes) {
      app[method.toLowerCase()](pattern, (_req, res) => {
        res.type('text/plain').send('ok');
      });
    }
  },
  files(app, folder) {
    app.use(express.static(folder));
  },
};

export default function start(name, folder) {
  const app = express();
  apps[name](app, folder);
  return listen(createServer(app));
}
