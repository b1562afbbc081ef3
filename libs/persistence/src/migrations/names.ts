/**
 * The migrations that this build needs, as TypeORM enters them in its table. A service that starts asks for these, so that
 * only who migrates has to load them.
 */
export const MIGRATION_NAMES = [
  'Initial1795000000001',
  'Layouts1795000000002',
  'Protocol1795000000003',
  'ManifestTrees1795000000004',
  'Retention1795000000006',
  'SearchHashes1795000000007',
  'SameArchives1795000000008',
];
