/** A table as cells; the first row is its head. */
export type Cells = readonly (readonly string[])[];

/** For a terminal: the first column to the left, the columns of figures to the right. */
export function plainTable(rows: Cells, leftColumns: ReadonlySet<number>): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return leftColumns.has(column) ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(head), rule, ...body.map(line)].join('\n');
}

/** For a Markdown page. */
export function markdownTable(rows: Cells, leftColumns: ReadonlySet<number>): string {
  const [head = [], ...body] = rows;
  const line = (row: readonly string[]): string => `| ${row.map(escapeCell).join(' | ')} |`;
  const rule = `| ${head.map((_, column) => (leftColumns.has(column) ? '---' : '---:')).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

function escapeCell(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
