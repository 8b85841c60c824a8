-- One schema per run; each block belongs to one service, and no service reads another's block.

-- inventory
create table products (id int primary key, name text not null, price_cents bigint not null, stock int not null check (stock >= 0));
create table reservations (order_id text primary key, product_id int, quantity int not null, released boolean not null default false);

-- users
create table users (id text primary key, name text not null, email text not null);

-- payments: one charge per order, and a row for every attempt, captured or not
create table cards (user_id text primary key, behaviour text not null);
create table charges (order_id text primary key, receipt_id text not null, amount_cents bigint not null);
create table charge_attempts (id bigserial primary key, order_id text not null, outcome text not null, at timestamptz not null default now());
create index charge_attempts_by_order on charge_attempts (order_id);

-- the card network, which belongs to somebody else: an order may have two, and then it was paid twice
create table authorisations (id bigserial primary key, order_id text not null, amount_cents bigint not null, at timestamptz not null default now());

-- orders: status is unconfirmed, accepted, completed, rejected or refused; the last three columns say which effects were confirmed
create table orders (
  id text primary key, user_id text not null, product_id int not null, quantity int not null, amount_cents bigint not null,
  status text not null, reason text not null default '', created_at timestamptz not null default now(),
  mail_task text, activity_event text, status_event text);
create index orders_unconfirmed on orders (created_at) where status = 'unconfirmed';

-- analytics
create table activity (event_id text primary key, user_id text not null, order_id text not null, kind text not null, product_id int not null);
create table activity_counts (product_id int primary key, purchases bigint not null);

-- recommendations
create table purchases (event_id text primary key, order_id text not null, user_id text not null, product_id int not null);
create table baskets (user_id text not null, product_id int not null, bought bigint not null, primary key (user_id, product_id));
create table pairs (product_a int not null, product_b int not null, together bigint not null, primary key (product_a, product_b));
