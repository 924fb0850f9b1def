// The 224 routes that every app of SaltyAom/bun-http-framework-benchmark, the well-known benchmark across runtimes, registers beside those it measures:
// 28 paths, each also below a locale, a version and both, with GET, and with POST and /submit at the end. There they only lie beside; here they are asked for.
const STATIC = {
  account: 'preferences',
  articles: 'archive',
  billing: 'invoices',
  catalog: 'featured',
  checkout: 'summary',
  comments: 'recent',
  dashboard: 'activity',
  events: 'upcoming',
  files: 'shared',
  health: 'details',
  integrations: 'status',
  messages: 'unread',
  notifications: 'history',
  orders: 'tracking',
  products: 'recommended',
  reports: 'monthly',
  search: 'suggestions',
  sessions: 'active',
  teams: 'members',
  users: 'profile',
};
const OF_A_USER = ['profile', 'settings', 'notifications', 'messages'];
const OF_A_MESSAGE = ['', '/replies', '/attachments', '/attachments/:attachmentId'];

const paths = [
  ...Object.entries(STATIC).map((names) => `/${names.join('/')}`),
  ...OF_A_USER.map((name) => `/users/:id/${name}`),
  ...OF_A_MESSAGE.map((rest) => `/users/:id/messages/:messageId${rest}`),
];

export const routes = ['', '/:locale', '/v2', '/v2/:locale'].flatMap((prefix) =>
  paths.flatMap((path) => [
    { method: 'GET', pattern: `${prefix}${path}` },
    { method: 'POST', pattern: `${prefix}${path}/submit` },
  ]),
);
