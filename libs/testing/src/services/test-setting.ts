/** A setting that the global set-up of the service tiers leaves for the specs. Throws when a spec runs in another tier. */
export function testSetting(name: 'CONFSCOPE_TEST_DATABASE_URL' | 'CONFSCOPE_TEST_REDIS_URL'): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run this spec with jest.services.config.mjs, which starts the servers.`);
  return value;
}
