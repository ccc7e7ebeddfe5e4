/** Makes `Date` of this process tell what `nowOf` makes of the true time; both in milliseconds since 1970. */
export function replaceDate(nowOf: (trueNow: number) => number): void {
  const Real = Date;
  const realNow = Real.now.bind(Real);
  const now = () => nowOf(realNow());
  function Replaced(this: unknown, ...given: unknown[]): Date | string {
    if (new.target === undefined) return new Real(now()).toString();
    return Reflect.construct(Real, given.length === 0 ? [now()] : given, new.target);
  }
  Replaced.prototype = Real.prototype;
  Object.setPrototypeOf(Replaced, Real);
  Replaced.now = now;
  globalThis.Date = Replaced as unknown as DateConstructor;
}
