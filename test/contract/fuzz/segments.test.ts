import { fuzz } from './fuzz.ts';

fuzz('Segments');
