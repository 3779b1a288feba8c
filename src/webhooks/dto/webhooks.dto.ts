import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsString,
  Length,
  Matches,
  ValidateIf,
} from 'class-validator';
import { IfPresent } from '../../common/if-present.decorator';
import { DeliveryType, WEBHOOK_EVENTS, WebhookEventType } from '../webhook-events';

const MOST_URL = 2048;
const MOST_DESCRIPTION = 200;
const ONE_LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;
const EXAMPLE_EVENTS: readonly WebhookEventType[] = ['recording.ready', 'camera.offline'];

const trimmed = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

export class CreateWebhookDto {
  @ApiProperty({
    maxLength: MOST_URL,
    example: 'https://hooks.example.org/padelvar?key=…',
    description: 'http or https. Write-only: of what may be a secret in it, nothing is ever shown.',
  })
  @trimmed
  @IsString()
  @Length(1, MOST_URL)
  url: string;

  @ApiProperty({ enum: WEBHOOK_EVENTS, isArray: true, example: EXAMPLE_EVENTS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(WEBHOOK_EVENTS.length)
  @ArrayUnique()
  @IsIn(WEBHOOK_EVENTS, { each: true })
  events: WebhookEventType[];

  @ApiPropertyOptional({ maxLength: MOST_DESCRIPTION, example: 'Our booking site', description: 'One line.' })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(1, MOST_DESCRIPTION)
  @Matches(ONE_LINE, { message: 'must be one line' })
  description?: string;
}

export class ChangeWebhookDto {
  @ApiPropertyOptional({
    maxLength: MOST_URL,
    example: 'https://hooks.example.org/padelvar',
    description: 'Write-only.',
  })
  @IfPresent()
  @trimmed
  @IsString()
  @Length(1, MOST_URL)
  url?: string;

  @ApiPropertyOptional({ enum: WEBHOOK_EVENTS, isArray: true, example: EXAMPLE_EVENTS })
  @IfPresent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(WEBHOOK_EVENTS.length)
  @ArrayUnique()
  @IsIn(WEBHOOK_EVENTS, { each: true })
  events?: WebhookEventType[];

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: MOST_DESCRIPTION, example: 'Our booking site' })
  @ValidateIf((_, value: unknown) => value !== undefined && value !== null)
  @trimmed
  @IsString()
  @Length(1, MOST_DESCRIPTION)
  @Matches(ONE_LINE, { message: 'must be one line' })
  description?: string | null;

  @ApiPropertyOptional({ example: true, description: 'false: told nothing, until it is true again.' })
  @IfPresent()
  @IsBoolean()
  enabled?: boolean;
}

const DISABLED_BECAUSE = ['failing', 'gone'] as const;

/** The wire's `webhook`. */
export class WebhookView {
  @ApiProperty({ example: 5 })
  id: number;

  @ApiProperty({ example: 1 })
  club_id: number;

  @ApiProperty({ example: 'https://hooks.example.org', description: 'Of its address, what holds no secret.' })
  origin: string;

  @ApiProperty({ enum: WEBHOOK_EVENTS, isArray: true, example: EXAMPLE_EVENTS })
  events: WebhookEventType[];

  @ApiProperty({ type: String, nullable: true, example: 'Our booking site' })
  description: string | null;

  @ApiProperty({ example: true })
  enabled: boolean;

  @ApiProperty({
    enum: DISABLED_BECAUSE,
    nullable: true,
    description: 'Where the service switched it off: it took nothing for five days, or said that it is gone (410).',
  })
  disabled_because: (typeof DISABLED_BECAUSE)[number] | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when it takes nothing; `null`: it took the last message.',
  })
  failing_since: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class WebhookAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: WebhookView })
  webhook: WebhookView;
}

export class WebhookSecretAnswer extends WebhookAnswer {
  @ApiProperty({
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    description: 'What messages are signed with. Shown this once.',
  })
  secret: string;
}

export class WebhookListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [WebhookView] })
  webhooks: WebhookView[];

  @ApiProperty({ example: 1 })
  count: number;
}

const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One message to one webhook, and what became of it. */
export class WebhookDeliveryView {
  @ApiProperty({ example: 812 })
  id: number;

  @ApiProperty({ format: 'uuid', description: 'The `webhook-id` header; the same at each try.' })
  message_id: string;

  @ApiProperty({ enum: [...WEBHOOK_EVENTS, 'ping'], example: 'recording.ready' })
  type: DeliveryType;

  @ApiProperty({ enum: DELIVERY_STATUSES, example: 'delivered' })
  status: DeliveryStatus;

  @ApiProperty({ example: 1 })
  attempts: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'While it is pending.' })
  next_attempt_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_attempt_at: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 200, description: 'Of the last try; `null`: no answer came.' })
  response_status: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 143, description: 'How long the last try took.' })
  duration_ms: number | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'What was wrong with the last try.' })
  error: string | null;

  @ApiProperty({ type: Object, description: 'The message, as it was sent.' })
  body: Record<string, unknown>;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class DeliveryAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: WebhookDeliveryView })
  delivery: WebhookDeliveryView;
}

export class DeliveryListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [WebhookDeliveryView], description: 'Newest first; kept for 30 days.' })
  deliveries: WebhookDeliveryView[];

  @ApiProperty({ example: 20, description: 'Of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'For the next page; missing on the last one.' })
  next_cursor?: string;
}
