import { commonSettings } from '@confscope/service-kit';
import { serverUrl, wholeNumber } from '@confscope/service-kit/settings';

export const gatewaySettings = {
  HOST: commonSettings.HOST,
  LOG_LEVEL: commonSettings.LOG_LEVEL,
  LOG_FORMAT: commonSettings.LOG_FORMAT,
  PORT: wholeNumber('The port this service listens on.', { min: 0, max: 65_535 }, 8000),
  UPLOAD_API_URL: serverUrl('Where upload-api is, as http://host:port.', ['http']),
  STATUS_API_URL: serverUrl('Where status-api is, as http://host:port.', ['http']),
};
