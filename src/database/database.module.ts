import { Logger, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/app-config';
import { databaseOptions } from './database-options';
import { migrate } from './migrate';
import { asRole } from './service-role';

const NO_ROLE =
  'The user of DATABASE_URL may not become the role padelvar_service: only a trigger keeps this service from changing ' +
  'the audit trail. docs/security.md says what to do.';

/**
 * TypeORM on the configured PostgreSQL: migrated under a lock before the first query, as a role that may do less; entities are those the rooms
 * register with `TypeOrmModule.forFeature`.
 */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [AppConfig],
      useFactory: (config: AppConfig) => {
        const logger = new Logger('Database');
        if (config.databaseUrl === null) throw new Error('The database has no URL: the embedded one is not started');
        return {
          ...databaseOptions(config.databaseUrl, (error) => logger.warn(`A connection broke: ${error.message}`)),
          autoLoadEntities: true,
          retryAttempts: 10,
          retryDelay: 1500,
        };
      },
      dataSourceFactory: async (options) => {
        if (!options || options.type !== 'postgres' || !options.url) throw new Error('PostgreSQL has no URL');
        const logger = new Logger('Database');
        const { ran, role } = await migrate(options.url);
        if (ran.length > 0) logger.log(`Migrated: ${ran.join(', ')}`);
        if (role === null) logger.warn(NO_ROLE);
        return new DataSource(role === null ? options : { ...options, url: asRole(options.url, role) }).initialize();
      },
    }),
  ],
})
export class DatabaseModule {}
