import type { DataSource } from 'typeorm';
import { createDataSource } from './data-source.ts';

/** Does something with the entities and migrations of a database. */
export async function withDataSource<T>(url: string, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = await createDataSource({ url, applicationName: 'spec', maxConnections: 1 }).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
