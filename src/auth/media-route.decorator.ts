import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';

export const MEDIA_ROUTE = 'auth:media';

/**
 * A GET that `<img>` and `<video>` load: takes the media cookie where there is no `Authorization` header. The cookie is
 * looked up in the database on every request, each `Range` included, and is worth nothing on any other route.
 */
export const MediaRoute = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(MEDIA_ROUTE, true), ApiSecurity('media'));
