import { fuzz } from './fuzz.ts';

fuzz('Privacy');
