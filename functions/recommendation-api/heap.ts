import { setFlagsFromString } from 'node:v8';

/*
 * How V8 keeps house here (infra/decisions/0063). Set as the function is loaded, so that it holds however Node is started: Lambda
 * gives the young generation a share of the memory.
 *
 * The young generation stays as small as it starts. As large as it would grow, it is looked through once in some eighty answers,
 * and all that is kept of those is copied at one go: ten milliseconds and more, of the one answer that waits for it.
 */
setFlagsFromString('--semi-space-growth-factor=1');
/*
 * The heap may grow to five times what was in use before all of it is looked through: that takes 10 ms, and at V8's own growth
 * came upon every hundredth answer. Lists of neighbours and bodies lie beside it.
 */
setFlagsFromString('--heap-growing-percent=400');
