import { Injectable } from '@nestjs/common';
import { AccountsService } from '../auth/accounts.service';
import { Caller } from '../auth/caller';
import { LoginThrottle } from '../auth/login-throttle';
import { PasswordHasher } from '../auth/password-hasher';
import { Principal } from '../auth/principal';
import { ProblemException } from '../common/problem';

/** Asks for one's password again, before what cannot be undone. */
@Injectable()
export class OwnPassword {
  constructor(
    private readonly accounts: AccountsService,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
  ) {}

  /** @throws ProblemException `validation_failed` (it is wrong), `too_many_attempts`, `overloaded` */
  async prove({ userId }: Principal, password: string, caller: Caller): Promise<void> {
    const attempt = this.throttle.attempt(`password of ${userId}`, caller.ip, null);
    if (!(await this.hasher.verify(await this.accounts.passwordHash(userId), password))) {
      throw new ProblemException('validation_failed', 'The password is wrong.', {
        errors: [{ field: 'password', message: 'is not your password' }],
      });
    }
    attempt.forgive();
  }
}
