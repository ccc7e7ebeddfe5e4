/** Rows and columns that are eliminated at once: two panels' tiles of so many squared stay in a core's first cache. */
const BLOCK = 64;

/**
 * Replaces a symmetric positive definite matrix by its inverse, in place; n³ / 2 multiplications.
 *
 * Blocks of pivots are swept one after another: with the pivot block D, the panel P beside it and W = P · D⁻¹, the rest becomes
 * A - W · Pᵀ, P becomes W and D becomes -D⁻¹; when all are swept, the matrix is -A⁻¹ (Goodnight, A tutorial on the SWEEP operator,
 * The American Statistician 1979). D⁻¹ is by Cholesky: each D is a Schur complement of A, so it is positive definite, too, and
 * needs no pivoting.
 *
 * @param matrix n × n by rows; only the lower triangle is read.
 * Throws a RangeError if the matrix is not positive definite.
 */
export function invertSymmetric(matrix: Float64Array, n: number): void {
  for (const _ of inverting(matrix, n));
}

/** The same in slices, each of some 20 ms at most where n is 10,000: what else is to be done can be done between them. */
export function* inverting(matrix: Float64Array, n: number): Generator<void> {
  const panel = new Float64Array(n * BLOCK);
  const product = new Float64Array(n * BLOCK);
  for (let start = 0; start < n; start += BLOCK) {
    const width = Math.min(BLOCK, n - start);
    const inverse = pivotInverse(matrix, n, start, width);
    takePanel(matrix, n, start, width, panel);
    multiply(panel, inverse, n, width, product);
    yield* eliminate(matrix, n, width, product, panel);
    putPanel(matrix, n, start, width, product, inverse);
  }
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      const value = -(matrix[row * n + column] as number);
      matrix[row * n + column] = value;
      matrix[column * n + row] = value;
    }
  }
}

/** Inverse of the block on the diagonal, by its Cholesky factor L: (L⁻¹)ᵀ · L⁻¹. */
function pivotInverse(matrix: Float64Array, n: number, start: number, width: number): Float64Array {
  const factor = new Float64Array(width * width);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[(start + row) * n + start + column] as number;
      for (let k = 0; k < column; k++) {
        rest -= (factor[row * width + k] as number) * (factor[column * width + k] as number);
      }
      if (column < row) factor[row * width + column] = rest / (factor[column * width + column] as number);
      else if (rest > 0) factor[row * width + row] = Math.sqrt(rest);
      else throw new RangeError(`The matrix isn't positive definite at row ${start + row}: regularise it more.`);
    }
  }
  const lower = new Float64Array(width * width);
  for (let column = 0; column < width; column++) {
    for (let row = column; row < width; row++) {
      let rest = row === column ? 1 : 0;
      for (let k = column; k < row; k++) {
        rest -= (factor[row * width + k] as number) * (lower[k * width + column] as number);
      }
      lower[row * width + column] = rest / (factor[row * width + row] as number);
    }
  }
  const inverse = new Float64Array(width * width);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let k = row; k < width; k++) {
        sum += (lower[k * width + row] as number) * (lower[k * width + column] as number);
      }
      inverse[row * width + column] = sum;
      inverse[column * width + row] = sum;
    }
  }
  return inverse;
}

/** Copies the columns of the pivots to `panel`, n × width by rows. What elimination makes of the pivots' own rows is replaced after it. */
function takePanel(matrix: Float64Array, n: number, start: number, width: number, panel: Float64Array): void {
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < width; k++) {
      const below = row >= start + width;
      const at = below ? row * n + start + k : (start + k) * n + row;
      panel[row * width + k] = matrix[at] as number;
    }
  }
}

function putPanel(
  matrix: Float64Array,
  n: number,
  start: number,
  width: number,
  product: Float64Array,
  inverse: Float64Array,
): void {
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < width; k++) {
      if (row >= start + width) matrix[row * n + start + k] = product[row * width + k] as number;
      else if (row < start) matrix[(start + k) * n + row] = product[row * width + k] as number;
      else matrix[row * n + start + k] = -(inverse[(row - start) * width + k] as number);
    }
  }
}

/** `into` = panel · inverse; the inverse is symmetric. */
function multiply(panel: Float64Array, inverse: Float64Array, n: number, width: number, into: Float64Array): void {
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        sum += (panel[row * width + k] as number) * (inverse[column * width + k] as number);
      }
      into[row * width + column] = sum;
    }
  }
}

/** matrix -= product · panelᵀ in the lower triangle, tile by tile. */
function* eliminate(
  matrix: Float64Array,
  n: number,
  width: number,
  product: Float64Array,
  panel: Float64Array,
): Generator<void> {
  for (let row = 0; row < n; row += BLOCK) {
    const rowEnd = Math.min(n, row + BLOCK);
    for (let column = 0; column <= row; column += BLOCK) {
      eliminateTile(matrix, n, width, product, panel, row, rowEnd, column, Math.min(n, column + BLOCK));
    }
    yield;
  }
}

/** One tile, four by four at a time, so that each value that is loaded is used four times. */
function eliminateTile(
  matrix: Float64Array,
  n: number,
  width: number,
  product: Float64Array,
  panel: Float64Array,
  rowStart: number,
  rowEnd: number,
  columnStart: number,
  columnEnd: number,
): void {
  let row = rowStart;
  for (; row + 4 <= rowEnd; row += 4) {
    let column = columnStart;
    for (; column + 4 <= columnEnd; column += 4) fourByFour(matrix, n, width, product, panel, row, column);
    for (; column < columnEnd; column++) {
      for (let each = row; each < row + 4; each++) one(matrix, n, width, product, panel, each, column);
    }
  }
  for (; row < rowEnd; row++) {
    for (let column = columnStart; column < columnEnd; column++) one(matrix, n, width, product, panel, row, column);
  }
}

function one(
  matrix: Float64Array,
  n: number,
  width: number,
  product: Float64Array,
  panel: Float64Array,
  row: number,
  column: number,
): void {
  let sum = 0;
  for (let k = 0; k < width; k++) {
    sum += (product[row * width + k] as number) * (panel[column * width + k] as number);
  }
  matrix[row * n + column] = (matrix[row * n + column] as number) - sum;
}

function fourByFour(
  matrix: Float64Array,
  n: number,
  width: number,
  product: Float64Array,
  panel: Float64Array,
  row: number,
  column: number,
): void {
  let a00 = 0;
  let a01 = 0;
  let a02 = 0;
  let a03 = 0;
  let a10 = 0;
  let a11 = 0;
  let a12 = 0;
  let a13 = 0;
  let a20 = 0;
  let a21 = 0;
  let a22 = 0;
  let a23 = 0;
  let a30 = 0;
  let a31 = 0;
  let a32 = 0;
  let a33 = 0;
  const w0 = row * width;
  const w1 = w0 + width;
  const w2 = w1 + width;
  const w3 = w2 + width;
  const p0 = column * width;
  const p1 = p0 + width;
  const p2 = p1 + width;
  const p3 = p2 + width;
  for (let k = 0; k < width; k++) {
    const x0 = panel[p0 + k] as number;
    const x1 = panel[p1 + k] as number;
    const x2 = panel[p2 + k] as number;
    const x3 = panel[p3 + k] as number;
    const y0 = product[w0 + k] as number;
    a00 += y0 * x0;
    a01 += y0 * x1;
    a02 += y0 * x2;
    a03 += y0 * x3;
    const y1 = product[w1 + k] as number;
    a10 += y1 * x0;
    a11 += y1 * x1;
    a12 += y1 * x2;
    a13 += y1 * x3;
    const y2 = product[w2 + k] as number;
    a20 += y2 * x0;
    a21 += y2 * x1;
    a22 += y2 * x2;
    a23 += y2 * x3;
    const y3 = product[w3 + k] as number;
    a30 += y3 * x0;
    a31 += y3 * x1;
    a32 += y3 * x2;
    a33 += y3 * x3;
  }
  subtract(matrix, row * n + column, a00, a01, a02, a03);
  subtract(matrix, (row + 1) * n + column, a10, a11, a12, a13);
  subtract(matrix, (row + 2) * n + column, a20, a21, a22, a23);
  subtract(matrix, (row + 3) * n + column, a30, a31, a32, a33);
}

function subtract(matrix: Float64Array, at: number, a: number, b: number, c: number, d: number): void {
  matrix[at] = (matrix[at] as number) - a;
  matrix[at + 1] = (matrix[at + 1] as number) - b;
  matrix[at + 2] = (matrix[at + 2] as number) - c;
  matrix[at + 3] = (matrix[at + 3] as number) - d;
}
