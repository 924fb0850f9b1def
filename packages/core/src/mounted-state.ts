import type { State } from '@pullo/asgi';

/**
 * Where a lifespan keeps what those of mounted apps have left, by app. In the state itself, since servers copy that into every scope, and
 * an app may run on several servers at a time.
 */
const states: unique symbol = Symbol('states of mounted apps');

type OwnStates = Map<object, State>;
type Holder = State & { [states]?: OwnStates };

/** The states of the mounted apps that run under a lifespan; all levels of mounts share them, so that each app starts once. */
export function ownStates(state: State): OwnStates {
  const holder: Holder = state;
  holder[states] ??= new Map();
  return holder[states];
}

/** What a mounted app sees: a copy of its parent's state, its own over it. */
export function stateFor(parent: Holder, key: object): State {
  const own = parent[states]?.get(key);
  return own === undefined ? { ...parent } : { ...parent, ...own };
}

/** What start-up has added to a copy of the parent's state, or replaced in it. */
export function ownPart(state: State, parent: State): State {
  return Object.fromEntries(Object.entries(state).filter(([key, value]) => parent[key] !== value));
}
