"""Veldmark Instruments: an organisation to look at, whose life and incidents come in through the real receivers.

``seeding.seed()`` makes it, ``broker.running()`` and ``play.play()`` bring it to life, ``outcome.until_done()`` says
what became of the incidents, ``removal.remove()`` takes it away. Of the rest of the product the set-up alone looks in
here: whether the demo may come.
"""
