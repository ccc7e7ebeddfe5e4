import { fuzz } from './fuzz.ts';

fuzz('Ingestion');
