import { TestPage } from '../../test/support/browser';
import { ServiceUnderTest } from '../service-under-test';

/** Opens the wall as the operator, through the form that a browser without a sign-in gets. */
export async function openWall({ page }: TestPage, service: ServiceUnderTest): Promise<void> {
  await page.goto(`${service.url}/panel/courts`);
  await page.fill('#email', service.login.email);
  await page.fill('#password', service.login.password);
  // By the keyboard: a pointer that comes to rest over a court has that court's page fetched ahead.
  await page.press('#password', 'Enter');
  await page.waitForSelector('#content article');
}
