import { fuzz } from './fuzz.ts';

fuzz('Reports', 'Service');
