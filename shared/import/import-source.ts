/** The source under which an import's events are known. */
export const sourceOf = (importName: string): string => `import:${importName}`;
