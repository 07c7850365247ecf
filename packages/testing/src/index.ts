export { createTestContext, type TestContext } from './context.ts';
export { type PaintedSet, paintSquares } from './squares.ts';
export { createTemporaryFolder } from './temporary-folder.ts';
