import { fetchCases } from './cases/fetch.ts';

fetchCases();
