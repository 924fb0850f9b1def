/** How many cases each property is tried with: `PULLO_FUZZ_RUNS=100000` for a night. */
export const numRuns = Number(process.env.PULLO_FUZZ_RUNS ?? 500);
