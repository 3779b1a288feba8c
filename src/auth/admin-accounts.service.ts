import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { AccountsService, normalizeEmail } from './accounts.service';
import { AuditService } from './audit.service';
import { PasswordHasher } from './password-hasher';
import { passwordFaults } from './password-rules';

/** Key of the advisory lock under which the first account is made ("PDLA"). */
const FIRST_ACCOUNT_LOCK = 0x50444c41;

/** Makes SUPER_ADMINs: the first one from the environment, and those `npm run admin:create` asks for. */
@Injectable()
export class AdminAccountsService implements OnApplicationBootstrap {
  private readonly logger = new Logger(AdminAccountsService.name);

  constructor(
    private readonly database: DataSource,
    private readonly config: AppConfig,
    private readonly accounts: AccountsService,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { adminEmail, adminPassword } = this.config;
    const empty = await this.accounts.isEmpty();
    if (empty && adminEmail !== null && adminPassword !== null) await this.createFirst(adminEmail, adminPassword);
    else if (empty)
      this.logger.warn('There is no account yet: set ADMIN_EMAIL and ADMIN_PASSWORD, or run admin:create');
  }

  /**
   * Makes a SUPER_ADMIN.
   * @returns the account's id
   * @throws ProblemException `validation_failed` (password), `email_taken`
   */
  async create(email: string, password: string, name = 'Administrator'): Promise<number> {
    const errors = passwordFaults(password, 'password', [email, name]);
    if (errors.length > 0) throw new ProblemException('validation_failed', errors[0]?.message, { errors });
    const passwordHash = await this.hasher.hash(password);
    return this.database.transaction(async (manager) => {
      const id = await this.accounts.create(
        { email: normalizeEmail(email), name, passwordHash, isSuperAdmin: true },
        manager,
      );
      await this.audit.record({ action: 'user.created', actorId: null, target: `user:${id}` }, manager);
      return id;
    });
  }

  /** Two services that start together on one empty database make one account. */
  private async createFirst(email: string, password: string): Promise<void> {
    const errors = passwordFaults(password, 'ADMIN_PASSWORD', [email]);
    if (errors.length > 0) throw new Error(`ADMIN_PASSWORD ${errors[0]?.message ?? 'cannot be used'}`);
    const passwordHash = await this.hasher.hash(password);
    await this.database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [FIRST_ACCOUNT_LOCK]);
      if (!(await this.accounts.isEmpty(manager))) return;
      const id = await this.accounts.create(
        { email: normalizeEmail(email), name: 'Administrator', passwordHash, isSuperAdmin: true },
        manager,
      );
      await this.audit.record({ action: 'user.created', actorId: null, target: `user:${id}` }, manager);
      this.logger.log('The first SUPER_ADMIN was made from ADMIN_EMAIL');
    });
  }
}
