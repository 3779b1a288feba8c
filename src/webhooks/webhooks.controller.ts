import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, FromCaller } from '../auth/caller';
import { CurrentUser } from '../auth/current-user.decorator';
import { Principal } from '../auth/principal';
import { ApiProblems } from '../common/api-problems';
import { ParseIdPipe } from '../common/ids';
import { PageQuery } from '../common/pagination';
import {
  ChangeWebhookDto,
  CreateWebhookDto,
  DeliveryAnswer,
  DeliveryListAnswer,
  WebhookAnswer,
  WebhookListAnswer,
  WebhookSecretAnswer,
} from './dto/webhooks.dto';
import { viewOfWebhook } from './webhook-row';
import { WebhookDeliveries } from './webhook-deliveries.service';
import { WebhooksService } from './webhooks.service';

const ADMINS = 'The admins of the club.';

@ApiTags('webhooks')
@ApiBearerAuth()
@Controller('api/clubs/:clubId/webhooks')
export class WebhooksController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly deliveries: WebhookDeliveries,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Has an address told of what happens in the club',
    description: `${ADMINS} At most 10. The answer holds the secret that messages are signed with, this once.`,
  })
  @ApiCreatedResponse({ type: WebhookSecretAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'webhook_limit', 'url_forbidden')
  async create(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Body() dto: CreateWebhookDto,
    @FromCaller() caller: Caller,
  ): Promise<WebhookSecretAnswer> {
    return { success: true, ...(await this.webhooks.create(user, clubId, dto, caller)) };
  }

  @Get()
  @ApiOperation({ summary: 'Lists who is told', description: ADMINS })
  @ApiOkResponse({ type: WebhookListAnswer })
  @ApiProblems('forbidden', 'not_found')
  async list(@CurrentUser() user: Principal, @Param('clubId', ParseIdPipe) clubId: number): Promise<WebhookListAnswer> {
    const webhooks = await this.webhooks.list(user, clubId);
    return { success: true, webhooks, count: webhooks.length };
  }

  @Get(':id')
  @ApiOperation({ summary: 'A webhook', description: ADMINS })
  @ApiOkResponse({ type: WebhookAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async one(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
  ): Promise<WebhookAnswer> {
    return { success: true, webhook: viewOfWebhook(await this.webhooks.require(user, clubId, id)) };
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Changes a webhook, or switches it off and on', description: ADMINS })
  @ApiOkResponse({ type: WebhookAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'url_forbidden')
  async change(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @Body() dto: ChangeWebhookDto,
    @FromCaller() caller: Caller,
  ): Promise<WebhookAnswer> {
    return { success: true, webhook: await this.webhooks.change(user, clubId, id, dto, caller) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a webhook, with its log', description: ADMINS })
  @ApiNoContentResponse()
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async delete(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<void> {
    await this.webhooks.delete(user, clubId, id, caller);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Gives a webhook a new secret',
    description: `${ADMINS} The answer holds it, this once. For 24 hours messages carry a signature of each of the two.`,
  })
  @ApiOkResponse({ type: WebhookSecretAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async rotate(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<WebhookSecretAnswer> {
    return { success: true, ...(await this.webhooks.rotate(user, clubId, id, caller)) };
  }

  @Post(':id/ping')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Sends a webhook a message that says nothing',
    description: `${ADMINS} Also one that is switched off. The log says what became of it, some seconds later.`,
  })
  @ApiAcceptedResponse({ type: DeliveryAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async ping(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @FromCaller() caller: Caller,
  ): Promise<DeliveryAnswer> {
    const deliveryId = await this.webhooks.ping(user, clubId, id, caller);
    return { success: true, delivery: await this.deliveries.view(id, deliveryId) };
  }

  @Get(':id/deliveries')
  @ApiOperation({ summary: 'What became of the messages to a webhook', description: `${ADMINS} Newest first.` })
  @ApiOkResponse({ type: DeliveryListAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async log(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<DeliveryListAnswer> {
    const { deliveries, nextCursor } = await this.deliveries.list(user, clubId, id, query);
    const answer: DeliveryListAnswer = { success: true, deliveries, count: deliveries.length };
    return nextCursor === null ? answer : { ...answer, next_cursor: nextCursor };
  }

  @Post(':id/deliveries/:deliveryId/redeliver')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Sends a message of the log again',
    description: `${ADMINS} With the same id and words, whatever became of it before.`,
  })
  @ApiAcceptedResponse({ type: DeliveryAnswer })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  async redeliver(
    @CurrentUser() user: Principal,
    @Param('clubId', ParseIdPipe) clubId: number,
    @Param('id', ParseIdPipe) id: number,
    @Param('deliveryId', ParseIdPipe) deliveryId: number,
    @FromCaller() caller: Caller,
  ): Promise<DeliveryAnswer> {
    return { success: true, delivery: await this.deliveries.redeliver(user, clubId, id, deliveryId, caller) };
  }
}
