// One adapter for each router. `create(routes)` registers `{ method, pattern, id }` and returns `find(method, path)`, which
// gives the router's own answer or nothing; `idOf` and `param` read that answer. Patterns are `/a`, `/:name`, and `/*` at the end.

const wildcard = (replacement) => (pattern) => pattern.replace(/\*$/, replacement);

/** Whether a router makes code out of text when routes are registered. */
const GENERATES_CODE = true;

export const routers = {
  '@pullo/router': async () => {
    const { Router } = await import('../../packages/router/dist/index.js');
    return {
      create(routes) {
        const router = new Router();
        for (const { method, pattern, id } of routes) router.add(method, pattern, id);
        return (method, path) => router.match(method, path);
      },
      idOf: (found) => found.value,
      param: (found, name) => found.params[name],
    };
  },

  'rou3 compiled': async () => {
    const { createRouter, addRoute } = await import('rou3');
    const { compileRouter } = await import('rou3/compiler');
    const toRou3 = wildcard('**');
    return {
      generatesCode: GENERATES_CODE,
      create(routes) {
        const router = createRouter();
        for (const { method, pattern, id } of routes) addRoute(router, method, toRou3(pattern), id);
        const find = compileRouter(router);
        return (method, path) => find(method, path);
      },
      idOf: (found) => found.data,
      param: (found, name) => found.params[name === '*' ? '_' : name],
    };
  },

  rou3: async () => {
    const { createRouter, addRoute, findRoute } = await import('rou3');
    const toRou3 = wildcard('**');
    return {
      create(routes) {
        const router = createRouter();
        for (const { method, pattern, id } of routes) addRoute(router, method, toRou3(pattern), id);
        return (method, path) => findRoute(router, method, path);
      },
      idOf: (found) => found.data,
      param: (found, name) => found.params[name === '*' ? '_' : name],
    };
  },

  memoirist: async () => {
    const { Memoirist } = await import('memoirist');
    return {
      create(routes) {
        const router = new Memoirist();
        for (const { method, pattern, id } of routes) router.add(method, pattern, id);
        return (method, path) => router.find(method, path);
      },
      idOf: (found) => found.store,
      param: (found, name) => found.params[name],
    };
  },

  'find-my-way': async () => {
    const { default: createRouter } = await import('find-my-way');
    return {
      generatesCode: GENERATES_CODE,
      create(routes) {
        const router = createRouter();
        const handler = () => undefined;
        for (const { method, pattern, id } of routes) router.on(method, pattern, handler, id);
        return (method, path) => router.find(method, path);
      },
      idOf: (found) => found.store,
      param: (found, name) => found.params[name],
    };
  },

  'hono RegExpRouter': async () => {
    const { RegExpRouter } = await import('hono/router/reg-exp-router');
    return hono(RegExpRouter, ([handlers]) => handlers.length > 0);
  },

  'hono TrieRouter': async () => {
    const { TrieRouter } = await import('hono/router/trie-router');
    return hono(TrieRouter, ([handlers]) => handlers.length > 0);
  },

  'koa-tree-router': async () => {
    const { default: Router } = await import('koa-tree-router');
    const toTree = wildcard('*rest');
    return {
      create(routes) {
        const router = new Router();
        for (const { method, pattern, id } of routes) router.on(method, toTree(pattern), id);
        return (method, path) => {
          const found = router.find(method, path);
          return found.handle === null ? undefined : found;
        };
      },
      idOf: (found) => found.handle[0],
      param(found, name) {
        const key = name === '*' ? 'rest' : name;
        for (const param of found.params) {
          // Its rest begins with the slash before it.
          if (param.key === key) return name === '*' ? param.value.slice(1) : param.value;
        }
        return undefined;
      },
    };
  },

  '@koa/router': async () => {
    const { Router } = await import('@koa/router');
    const toKoa = wildcard('*rest');
    return {
      create(routes) {
        const router = new Router();
        const ids = new Map();
        for (const { method, pattern, id } of routes) {
          const handler = () => undefined;
          router.register(toKoa(pattern), [method], handler);
          ids.set(router.stack.at(-1), id);
        }
        return (method, path) => {
          const { pathAndMethod } = router.match(path, method);
          const layer = pathAndMethod[0];
          if (layer === undefined) return undefined;
          return { id: ids.get(layer), params: layer.params(path, layer.captures(path)) };
        };
      },
      idOf: (found) => found.id,
      param: (found, name) => found.params[name === '*' ? 'rest' : name],
    };
  },

  'path-to-regexp': async () => {
    const { match } = await import('path-to-regexp');
    const toPath = wildcard('*rest');
    return {
      create(routes) {
        const matchers = routes.map(({ method, pattern, id }) => ({
          method,
          id,
          match: match(toPath(pattern)),
        }));
        return (method, path) => {
          for (const matcher of matchers) {
            if (matcher.method !== method) continue;
            const found = matcher.match(path);
            if (found) return { id: matcher.id, params: found.params };
          }
          return undefined;
        };
      },
      idOf: (found) => found.id,
      param(found, name) {
        const value = found.params[name === '*' ? 'rest' : name];
        return Array.isArray(value) ? value.join('/') : value;
      },
    };
  },
};

function hono(Router, hasHandlers) {
  return {
    create(routes) {
      const router = new Router();
      for (const { method, pattern, id } of routes) router.add(method, pattern, { id, pattern });
      return (method, path) => {
        const found = router.match(method, path);
        return hasHandlers(found) ? found : undefined;
      };
    },
    idOf: ([handlers]) => handlers[0][0].id,
    // With a stash the parameters are indices into it; otherwise they are the texts. A wildcard has no value: Hono
    // handlers read the path.
    param([handlers, stash], name) {
      const value = handlers[0][1][name];
      return stash === undefined ? value : stash[value];
    },
    hasWildcardValue: false,
  };
}
