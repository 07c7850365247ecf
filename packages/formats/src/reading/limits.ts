/** What a file may ask for before anything is allocated for it. */

/** Pixels of one image: 8,192 x 8,192, more than any radiograph has, stitched ones of a whole spine included. */
export const mostPixels = 2 ** 26;

/** Bytes that a deflated DICOM data set may become: an image of 8,192 x 8,192 pixels of 16 bits. */
export const mostInflatedBytes = 2 ** 27;
