export { createTestContext, type TestContext } from './context.ts';
export { type DicomFile, writeDicom } from './dicom.ts';
export { type PaintedSet, paintSquares } from './squares.ts';
export { createTemporaryFolder } from './temporary-folder.ts';
