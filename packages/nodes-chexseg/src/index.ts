export const chexsegNodes = [];
