// Markdown tables.

/** A column: its heading, and its cell in each row; missing cells are left empty. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string | undefined;
  readonly align?: 'right';
}

/** A table of the columns that have any content; an empty string where there are no rows. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  if (rows.length === 0) return '';
  const cells = columns.map(({ cell }) => rows.map((row) => cell(row) ?? ''));
  const kept = columns.map((_, index) => index).filter((index) => cells[index]!.some((text) => text !== ''));
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  return [
    line(kept.map((index) => columns[index]!.heading)),
    line(kept.map((index) => (columns[index]!.align === 'right' ? '--:' : '---'))),
    ...rows.map((_, row) => line(kept.map((index) => cells[index]![row]!))),
    '',
  ].join('\n');
}
