import { fuzz } from './fuzz.ts';

fuzz('Catalog', 'Recommendations');
