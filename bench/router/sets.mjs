// The sets of routes, and the requests that each is asked for: `id` is the pattern that must answer (nothing for a miss).
import { githubRoutes } from './github-routes.mjs';

const hit = (method, path, id, params = {}) => ({ method, path, id: `${method} ${id}`, params });
const miss = (method, path) => ({ method, path, id: undefined, params: {} });
const route = (method, pattern) => ({ method, pattern, id: `${method} ${pattern}` });

/** The routes and requests of Hono's router benchmark. */
const honoRoutes = [
  route('GET', '/user'),
  route('GET', '/user/comments'),
  route('GET', '/user/avatar'),
  route('GET', '/user/lookup/username/:username'),
  route('GET', '/user/lookup/email/:address'),
  route('GET', '/event/:id'),
  route('GET', '/event/:id/comments'),
  route('POST', '/event/:id/comments'),
  route('POST', '/status'),
  route('GET', '/very/deeply/nested/route/hello/there'),
  route('GET', '/static/*'),
  route('GET', '/map/:location/events'),
];
const honoRequests = [
  hit('GET', '/user', '/user'),
  hit('GET', '/user/comments', '/user/comments'),
  hit('GET', '/user/lookup/username/hey', '/user/lookup/username/:username', { username: 'hey' }),
  hit('GET', '/event/abcd1234/comments', '/event/:id/comments', { id: 'abcd1234' }),
  hit('POST', '/event/abcd1234/comments', '/event/:id/comments', { id: 'abcd1234' }),
  hit('GET', '/very/deeply/nested/route/hello/there', '/very/deeply/nested/route/hello/there'),
  hit('GET', '/static/index.html', '/static/*', { '*': 'index.html' }),
];

const mixedRoutes = [...honoRoutes, route('GET', '/users/me'), route('GET', '/users/:id')];
const mixedRequests = [
  ...honoRequests,
  hit('GET', '/users/me', '/users/me'),
  hit('GET', '/users/4711', '/users/:id', { id: '4711' }),
];

const misses = [
  miss('GET', '/'),
  miss('GET', '/usr'),
  miss('GET', '/event/abcd1234/attendees'),
  miss('GET', '/very/deeply/nested/route/hello/where'),
  miss('PUT', '/user/comments'),
];

/** Numbers that look random and are the same on every run. */
function createRandom(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** 10,000 routes of 1,250 resources in 50 areas: the collection, an item, and what belongs to an item. */
function manyRoutes() {
  const routes = [];
  const syllables = [
    'ba',
    'co',
    'di',
    'fu',
    'ga',
    'he',
    'ji',
    'ko',
    'lu',
    'ma',
    'ne',
    'pi',
    'ro',
    'su',
    'ta',
    've',
  ];
  const random = createRandom(7);
  const word = (length) => Array.from({ length }, () => syllables[random(syllables.length)]).join('');
  const areas = [...new Set(Array.from({ length: 200 }, () => word(3)))].slice(0, 50);
  for (const area of areas) {
    const names = [...new Set(Array.from({ length: 60 }, () => word(2 + random(3))))].slice(0, 25);
    for (const name of names) {
      const base = `/${area}/${name}`;
      routes.push(route('GET', base), route('POST', base), route('GET', `${base}/${word(3)}`));
      routes.push(route('GET', `${base}/:id`), route('PUT', `${base}/:id`), route('DELETE', `${base}/:id`));
      routes.push(route('GET', `${base}/:id/${word(2)}s`), route('GET', `${base}/:id/${word(2)}z/:other`));
    }
  }
  return routes;
}

/** Requests for some of the routes, with made-up parameters. */
function requestsFor(routes, count, seed) {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const { method, pattern, id } = routes[random(routes.length)];
    const params = {};
    const path = pattern.replace(/:(\w+)|\*$/g, (text, name = text) => {
      params[name] = `${name[0] === '*' ? 'x' : name[0]}${1000 + random(9000)}`;
      return params[name];
    });
    return { method, path, id, params };
  });
}

/** The most specific first: some routers answer with the first that matches. */
function bySpecificity(routes) {
  const rank = ({ pattern }) =>
    pattern
      .split('/')
      .map((segment) => (segment === '*' ? '3' : segment[0] === ':' ? '2' : '1'))
      .join('');
  return [...routes].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

const many = manyRoutes();
const github = bySpecificity(githubRoutes.map(([method, pattern]) => route(method, pattern)));

export const sets = {
  'hono 12': { title: '12 routes of Hono’s benchmark', routes: honoRoutes, requests: honoRequests },
  'hono 14': {
    title: 'the same with /users/me beside /users/:id',
    routes: mixedRoutes,
    requests: mixedRequests,
  },
  misses: { title: 'the same 14 routes, paths that miss', routes: mixedRoutes, requests: misses },
  github: {
    title: `${githubRoutes.length} routes like GitHub’s`,
    routes: github,
    requests: requestsFor(github, 64, 3),
  },
  many: {
    title: `${many.length.toLocaleString('en')} generated routes`,
    routes: many,
    requests: requestsFor(many, 512, 5),
  },
};
