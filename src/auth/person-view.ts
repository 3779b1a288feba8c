import { ApiProperty } from '@nestjs/swagger';

/** Somebody as the other people of a match see them: no address, no role. */
export class PersonView {
  @ApiProperty({ example: 12 })
  id: number;

  @ApiProperty({ example: 'Alex Martin', description: 'As they are called today; `Erased` where the account is gone.' })
  name: string;
}
