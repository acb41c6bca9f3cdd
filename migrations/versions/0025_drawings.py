"""Charts drawn as pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('drawing',
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('scene', sa.JSON(), nullable=False),
    sa.Column('about', sa.JSON(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('picture', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['picture'], ['file.key'], name=op.f('fk_drawing_picture_file')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_drawing'))
    )


def downgrade() -> None:
    op.drop_table('drawing')
