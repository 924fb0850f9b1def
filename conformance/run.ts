/** One row of a case table: `run` throws where the behaviour is not that of the title. */
export interface Case {
  readonly title: string;
  readonly run: () => void | Promise<void>;
}

/** A module of a package's tests; it is a case table if it exports `cases`. */
export interface CaseModule {
  readonly cases?: readonly Case[];
}

/** Runs every case of every table, prints what failed and how many there were; throws if any failed. */
export async function run(modules: Readonly<Record<string, CaseModule>>): Promise<void> {
  let passed = 0;
  let failed = 0;
  for (const [name, { cases = [] }] of Object.entries(modules)) {
    for (const { title, run } of cases) {
      try {
        await run();
        passed++;
      } catch (error) {
        failed++;
        console.log(`FAILED ${name}: ${title}\n${error instanceof Error ? (error.stack ?? error) : error}`);
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) throw new Error(`${failed} of ${passed + failed} cases failed`);
}
