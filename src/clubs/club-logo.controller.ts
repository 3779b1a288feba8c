import { createHash } from 'node:crypto';
import { Controller, Delete, Get, HttpCode, Param, Put, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiNoContentResponse,
  ApiOperation,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { MediaRoute } from '../auth/media-route.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { readPicture } from '../common/picture-body';
import { ClubLogos } from './club-logos.service';

const BINARY = { type: 'string', format: 'binary' } as const;

@ApiTags('clubs')
@ApiBearerAuth()
@Controller('api/clubs/:id/logo')
export class ClubLogoController {
  constructor(private readonly logos: ClubLogos) {}

  @Get()
  @MediaRoute()
  @ApiOperation({
    summary: "The club's logo",
    description:
      'Its members and SUPER_ADMIN. Pages of shared matches have it too. `not_found`: also where it has none.',
  })
  @ApiProduces('image/png')
  @ApiResponse({ status: 200, description: 'A PNG of at most 512 pixels a side', schema: BINARY })
  @ApiResponse({ status: 304, description: 'Not changed since' })
  @ApiProblems('validation_failed', 'not_found')
  async show(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Res() response: Response,
  ): Promise<void> {
    sendLogo(response, await this.logos.show(user, id));
  }

  @Put()
  @HttpCode(204)
  @ApiOperation({
    summary: "Sets the club's logo",
    description:
      "The club's CLUB_ADMIN and SUPER_ADMIN. The body is the picture, at most 1 MiB. What is kept is a PNG of at most 512 pixels a " +
      'side that is made of it; nothing else of the file is. SVG is refused.',
  })
  @ApiConsumes('image/png', 'image/jpeg', 'image/webp')
  @ApiBody({ schema: BINARY })
  @ApiNoContentResponse()
  @ApiProblems(
    'validation_failed',
    'forbidden',
    'not_found',
    'payload_too_large',
    'unsupported_media_type',
    'picture_unreadable',
    'overloaded',
  )
  async set(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
    @Req() request: Request,
  ): Promise<void> {
    await this.logos.requireMayChange(user, id);
    await this.logos.set(user, id, await readPicture(request), caller);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: "Takes the club's logo away", description: "The club's CLUB_ADMIN and SUPER_ADMIN." })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async remove(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.logos.remove(user, id, caller);
  }
}

/** A logo is asked for each time, and is a 304 as long as it is the same. */
export function sendLogo(response: Response, png: Buffer): void {
  response.setHeader('ETag', `"${createHash('sha256').update(png).digest('base64url')}"`);
  response.setHeader('Cache-Control', 'private, no-cache');
  response.type('image/png').send(png);
}
