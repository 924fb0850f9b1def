/** How many cases each property is tried with. The nightly run asks for more: `FC_RUNS=100000`. */
export const numRuns = Number(process.env.FC_RUNS ?? 500);
