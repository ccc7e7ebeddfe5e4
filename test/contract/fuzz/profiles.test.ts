import { fuzz } from './fuzz.ts';

fuzz('Profiles');
