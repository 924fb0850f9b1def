import type { State } from './state.js';

/** For showing the app on one's own machine: everybody can read this password. */
export const DEMO = { name: 'demo', password: 'rye bread and tea' } as const;

const NOTES = [
  {
    title: 'Sauna stove: what the manual says',
    body: 'Let the first fire burn with the door open.\nStones: 60 kg of olivine diabase, the largest at the bottom.\nSweep the flue every autumn.',
  },
  {
    title: 'Words to look up',
    body: 'kaamos, the dark time of the year\nruska, when the leaves turn\nhanki, snow that carries one\nräntä, what falls when it cannot decide',
  },
  {
    title: 'Books to return',
    body: 'The Summer Book, Tove Jansson (due on Friday)\nThe Year of the Hare, Arto Paasilinna\n\nRenew: https://www.helmet.fi/',
  },
  {
    title: 'Cabin, first weekend of June',
    body: 'Key from Eero on Thursday.\n\nBring:\n  the kettle\n  the map with the paths\n  coffee, more than last time\n\nThe boat needs tar before midsummer.',
  },
  {
    title: 'Rye bread',
    body: 'Evening: 300 g of rye flour, 4 dl of lukewarm water and a piece of the starter. Cover, leave it alone.\n\nMorning: 400 g of flour and a spoon of salt. Knead until it lets go of the hands, as far as rye ever does. Two hours in the pan.\n\n250 °C for ten minutes, then 180 °C for fifty.\n\nKeep a piece of the dough for the next one.',
  },
];

const ATTACHMENT = new File(
  ['Flour      700 g\nWater      4 dl\nSalt       1 tbsp\nStarter    1 piece\n'],
  'shopping list.txt',
  { type: 'text/plain' },
);

/** Makes the account and its notes, unless it is there. */
export async function seedDemo(state: State): Promise<void> {
  const user = await state.users.create(DEMO.name, DEMO.password);
  if (user === undefined) return;
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000);
  const made = NOTES.map((note, index) => state.notes.create(user, note, daysAgo(NOTES.length - index)));
  const last = made.at(-1);
  if (last !== undefined) await state.attachments.add(user, last, ATTACHMENT);
}
