"""The store in Neo4j: a projection of the live passages that can be dropped and built again."""
