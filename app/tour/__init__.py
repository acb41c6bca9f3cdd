"""The guided tour: walks the straight paths of the system from outside, over real sockets."""
