import { createServer } from 'node:http';
import express from 'express';
import { listen, MESSAGE, routes, TEXT } from './shared.mjs';

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
      res.set('x-layers', '3');
      next();
    });
    app.use(async (_req, _res, next) => next());
    app.use(async (_req, _res, next) => next());
    app.get('/', (_req, res) => {
      res.type('text/plain').send(TEXT);
    });
  },
  routes(app) {
    for (const { method, pattern } of routes) {
      app[method.toLowerCase()](pattern.replace('*', '*rest'), (_req, res) => {
        res.type('text/plain').send('found');
      });
    }
  },
  file(app, path) {
    app.get('/file.bin', (_req, res) => res.sendFile(path));
  },
};

export default function start(name, path) {
  const app = express();
  apps[name](app, path);
  return listen(createServer(app));
}
