// The loop that is timed. It is imported once for each router, under another address each time, so that each has a copy with
// type feedback of its own: what one router returns does not slow the reading of another's.

/** Nanoseconds a lookup: every path is a fresh string, and the answer and all its parameters are read. */
export function lookUp({ find, idOf, param }, { text, places }, rounds) {
  let consumed = 0;
  const start = process.hrtime.bigint();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < places.length; i++) {
      const { method, start, end, names } = places[i];
      const found = find(method, text.slice(start, end));
      if (found === undefined || found === null) continue;
      consumed += idOf(found).length;
      for (let n = 0; n < names.length; n++) consumed += param(found, names[n])?.length ?? 0;
    }
  }
  const nanoseconds = Number(process.hrtime.bigint() - start);
  if (consumed === -1) throw new Error('never: it keeps the results from being optimized away');
  return nanoseconds / (rounds * places.length);
}

/** The paths as one long text and where each lies in it, so that every lookup gets a string that nobody has seen. */
export function freshPaths(requests) {
  let text = '';
  const places = requests.map(({ method, path, params }) => {
    const start = text.length;
    text += path;
    return { method, start, end: text.length, names: Object.keys(params) };
  });
  return { text: Buffer.from(text).toString('latin1'), places };
}
